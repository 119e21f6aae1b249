/// The playground inside of another page.

import './embed.css'
import { NOTHING_TO_RUN, docOfFragment, type Doc } from '../app/documents'
import { start } from '../app/main'
import { openRunner } from '../app/open-runner'
import { createStore } from '../app/store'
import { DEFAULTS } from '../share'
import { createBar } from './bar'
import { listenToHost, openInbox } from './host'
import { joinRunner } from './join'
import type { FromEmbed } from './messages'
import { readOptions, type EmbedOptions } from './options'

/// The program comes by message.
const FROM_HOST = '#host'

const root = document.querySelector<HTMLElement>('#app')
if (root) void embed(root, readOptions(location.search))

async function embed(root: HTMLElement, options: EmbedOptions) {
  const inbox = openInbox()
  const { dataset } = document.documentElement
  dataset.embed = options.show
  let say: ((message: FromEmbed) => void) | null = null
  const controls = await start(root, {
    // Drafts of embeds are kept apart; the reader's own choices on the whole page are not touched.
    store: embedStore(options),
    embedded: true,
    onAnswer: (answered) => say?.({ type: 'exercise', ...answered }),
    editing: { readOnly: options.readonly, locked: options.lock },
    openRunner: (host, listen) => joinRunner((hear) => openRunner(host, hear), listen),
    createHeader: (state, act) => createBar(state, act, () => void openWhole()),
    docOf: async (fragment, entries) => chosen(fragment === FROM_HOST ? HOST : await docOfFragment(fragment, entries), options),
  })
  say = listenToHost(controls, root, inbox)

  async function openWhole() {
    const { site, fragment } = await controls.shared()
    open(site + fragment, '_blank', 'noopener')
  }
}

const HOST: Doc = { ...NOTHING_TO_RUN, slug: 'host', title: 'Program', code: '' }

/// A document as the author of the page wants it shown: always as given, at their step, run or not.
function chosen(doc: Doc | null, { step, autorun }: EmbedOptions): Doc {
  if (!doc) return { ...NOTHING_TO_RUN, title: 'Nothing to show', problem: { title: 'Nothing to show', text: 'The address of this embed names neither a program nor a lesson.' } }
  if (doc.problem) return doc
  const link = doc.link ?? { ...DEFAULTS, code: doc.code }
  return { ...doc, slug: `embed-${doc.slug}`, link: { ...link, step: step > 0 ? step - 1 : link.step, view: { ...link.view, run: autorun || link.view.run } } }
}

/// What the reader wrote and tried.
const isOfReader = (key: string): boolean => key.startsWith('draft:') || key.startsWith('progress:')

function embedStore({ theme }: EmbedOptions) {
  const store = createStore(() => localStorage)
  return {
    get: (key: string) => (key === 'theme' ? (theme === 'auto' ? null : theme) : isOfReader(key) ? store.get(key) : null),
    set: (key: string, value: string | null) => {
      if (isOfReader(key)) store.set(key, value)
    },
  }
}

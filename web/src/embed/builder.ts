/// The embed builder: a page that writes the snippet of an embed while one looks at it.

import './builder.css'
import { h, setText } from '../app/dom'
import { titleOfCode } from '../app/documents'
import { writeClipboard } from '../app/share-dialog'
import { FORMS, encodeLink, formOf, type Form, type Shared } from '../share'

const PROGRAM = `# %% [markdown]
# # A slope
# %%
from mxnet import autograd, np, npx
npx.set_np()

x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    y = (x ** 2).sum()
y.backward()
x.grad
`
const NAMES: Readonly<Record<Form, string>> = { element: 'Element', iframe: 'iframe', sphinx: 'Sphinx', markdown: 'Markdown', link: 'Link' }
const ORDER: readonly Form[] = [...FORMS].toSorted((a, b) => Object.keys(NAMES).indexOf(a) - Object.keys(NAMES).indexOf(b))
/// The picture follows the text when the hands rest, in milliseconds.
const REST = 500

const root = document.querySelector<HTMLElement>('#builder')
if (root) build(root)

function build(root: HTMLElement) {
  const site = new URL('.', document.baseURI).href
  const program = h('textarea', { id: 'program', rows: '16', spellcheck: 'false', autocapitalize: 'off', 'aria-label': 'Program' })
  program.value = PROGRAM
  const show = select('Show', [['', 'program and picture'], ['code', 'program'], ['graph', 'picture'], ['steps', 'steps']])
  const theme = select('Theme', [['', 'as the system'], ['light', 'light'], ['dark', 'dark']])
  const step = field('Step', 'number', 'the end')
  const seed = field('Seed', 'number', '0')
  const lock = field('Locked lines', 'text', 'such as 1-3,7')
  const height = field('Height in pixels', 'number', 'fits by itself')
  const readonly = box('Read only')
  const autorun = box('Runs when it is opened')
  const live = h('section', { class: 'builder-live', 'aria-label': 'As it will be' })
  const forms = ORDER.map((form) => {
    const input = h('input', { type: 'radio', name: 'form', value: form })
    input.checked = form === 'element'
    return { form, input, label: h('label', { class: 'share-kind' }, input, h('span', {}, NAMES[form])) }
  })
  const snippet = h('textarea', { class: 'builder-snippet', readonly: '', rows: '8', spellcheck: 'false', 'aria-label': 'Snippet' })
  const copy = h('button', { class: 'button primary', type: 'button' }, 'Copy')
  const said = h('p', { class: 'dim', role: 'status' })

  root.append(
    h(
      'header',
      { class: 'builder-head' },
      h('h1', {}, 'Embed builder'),
      h('a', { href: './' }, 'To the playground'),
      h('p', { class: 'dim' }, 'Write a program, choose how it is shown, and copy the snippet into your page. Nothing is sent anywhere: the program is inside the snippet.'),
    ),
    h(
      'main',
      { class: 'builder' },
      h('div', { class: 'builder-form' }, program, h('div', { class: 'builder-options' }, ...[show, theme, step, seed, lock, height].map(({ label }) => label), readonly.label, autorun.label)),
      h('div', {}, live, h('fieldset', { class: 'share-kinds' }, h('legend', {}, 'Snippet'), ...forms.map(({ label }) => label)), snippet, h('div', { class: 'builder-row' }, copy, said)),
    ),
  )

  function optionsNow(): Readonly<Record<string, string>> {
    const given: readonly (readonly [string, string | null])[] = [
      ['show', show.input.value || null],
      ['theme', theme.input.value || null],
      ['step', step.input.value || null],
      ['lock', lock.input.value.trim() || null],
      ['height', height.input.value || null],
      ['readonly', readonly.input.checked ? '' : null],
      ['autorun', autorun.input.checked ? '' : null],
    ]
    return Object.fromEntries(given.filter((one): one is readonly [string, string] => one[1] !== null))
  }

  let asked = 0
  async function refresh() {
    const mine = ++asked
    const code = program.value
    const wanted = Number(seed.input.value || 0)
    const shared: Omit<Shared, 'fragment'> = { site, title: titleOfCode(code) ?? 'Program', code, seed: Number.isSafeInteger(wanted) ? wanted : 0, options: optionsNow() }
    try {
      const fragment = await encodeLink({ code, seed: shared.seed })
      if (mine !== asked) return
      snippet.value = formOf(forms.find(({ input }) => input.checked)?.form ?? 'element', { ...shared, fragment })
      setText(said, '')
      draw(fragment, shared.title)
    } catch {
      if (mine === asked) setText(said, 'The program is too long for a snippet.')
    }
  }

  let drawn = ''
  function draw(fragment: string, title: string) {
    const options = optionsNow()
    const key = JSON.stringify([fragment, options])
    if (key === drawn) return
    drawn = key
    const element = document.createElement('autograd-playground')
    element.setAttribute('src', fragment)
    element.title = title
    for (const [name, value] of Object.entries(options)) element.setAttribute(name, value)
    live.replaceChildren(element)
  }

  let resting = 0
  root.addEventListener('input', (event) => {
    if (event.target === snippet) return
    clearTimeout(resting)
    resting = window.setTimeout(() => void refresh(), event.target === program ? REST : 0)
  })
  copy.addEventListener('click', async () => {
    setText(said, (await writeClipboard(snippet)) ? 'Copied.' : 'The snippet is selected: copy it with your keyboard or menu.')
  })
  // The element's own script, as other pages load it.
  document.head.append(h('script', { async: '', src: `${site}embed.js` }))
  void refresh()
}

function select(name: string, choices: readonly (readonly [string, string])[]) {
  const input = h('select', {}, ...choices.map(([value, text]) => h('option', { value }, text)))
  return { input, label: h('label', {}, h('span', {}, name), input) }
}

function field(name: string, type: string, placeholder: string) {
  const input = h('input', { type, placeholder, ...(type === 'number' ? { min: '0' } : {}) })
  return { input, label: h('label', {}, h('span', {}, name), input) }
}

function box(name: string) {
  const input = h('input', { type: 'checkbox' })
  return { input, label: h('label', { class: 'builder-box' }, input, h('span', {}, name)) }
}

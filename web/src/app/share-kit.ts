/// The whole Share popover: link, short link, files. Fetched when it is opened for the first time.

import { formOf, type Shared } from '../share'
import { createShareDialog, writeClipboard, type ShareActions, type ShareDialog, type Wish } from './share-dialog'
import { createShortLink } from './short-link'
import { createTakeAway, type Takeable } from './take-away'

export interface Sharing extends ShareActions {
  /// What can be saved now.
  takeable(): Takeable
  /// Where the page's server keeps links; null where it keeps none.
  readonly keeper: string | null
  readonly host: string
}

export function createShareKit({ can, make, takeable, keeper, host }: Sharing): ShareDialog {
  const takeAway = createTakeAway(takeable)
  const shortLink = createShortLink(keeper, host, writeClipboard)
  let asked = 0
  const made = async (wish: Wish): Promise<Shared> => {
    const mine = ++asked
    const shared = make(wish)
    const link = await shared.then((each) => formOf('link', each), () => null)
    if (mine === asked) shortLink.of(link)
    return shared
  }
  const dialog = createShareDialog({ can, make: made }, shortLink.element, takeAway.element)
  return {
    ...dialog,
    open() {
      takeAway.refresh()
      shortLink.of(null)
      dialog.open()
    },
  }
}

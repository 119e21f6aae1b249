/// Why a link cannot be opened or made: a closed set of codes, and plain words for each.

export type LinkCode = 'not-a-link' | 'unknown-version' | 'truncated' | 'corrupted' | 'too-long' | 'too-large' | 'bad-content'

export interface LinkWords {
  readonly title: string
  readonly text: string
}

/// Said to a reader who opens a link, and to an author whose program does not fit into one.
export const LINK_WORDS: Readonly<Record<LinkCode, LinkWords>> = {
  'not-a-link': {
    title: 'This is not a link to a program',
    text: 'After the # a link has a number, letters, and eight digits at the end. Copy it once more from where you found it.',
  },
  'unknown-version': {
    title: 'This page cannot read the link',
    text: 'It was made by another, probably newer version of the playground. Load this page again; if that does not help, ask where the link was made.',
  },
  truncated: {
    title: 'This link was cut short',
    text: 'Its end is missing: some chats and mail programs cut long links. Ask for the whole link, or for the program as a file.',
  },
  corrupted: {
    title: 'This link was changed on its way',
    text: 'Some of its characters are not the ones that it was made with. Copy it once more from where you found it, or ask for the program as a file.',
  },
  'too-long': {
    title: 'Too long for a link',
    text: 'A link has at most 65,536 characters, and this one would have more. Send the program as a file.',
  },
  'too-large': {
    title: 'Too large for a link',
    text: 'What a link holds is at most 256 KiB, and this is more. Send the program as a file.',
  },
  'bad-content': {
    title: 'This link does not hold a program',
    text: 'It arrived whole, but what is in it is not a program of the playground.',
  },
}

/// `detail` is for developers: the field and what is wrong with it. It may quote hostile text.
export class LinkError extends Error {
  override readonly name = 'LinkError'
  readonly code: LinkCode

  constructor(code: LinkCode, detail = '') {
    super(detail ? `${LINK_WORDS[code].title}: ${detail}` : LINK_WORDS[code].title)
    this.code = code
  }
}

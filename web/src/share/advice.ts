/// What to tell an author about the length of a link, whole address included.

/// Chats and mail programs are known to cut from about here on (Slack near 4,000, some at 2,049).
const CUT_BY_SOME = 2000
/// Servers and programs need not take more (RFC 9110).
const CUT_BY_MOST = 8000

export interface Advice {
  readonly tone: 'calm' | 'warn' | 'error'
  /// Empty when there is nothing to say.
  readonly text: string
}

export function adviceOf(length: number): Advice {
  if (length > CUT_BY_MOST) {
    return { tone: 'error', text: 'Most chats and mail programs cut links this long. Better send the program as a file.' }
  }
  if (length > CUT_BY_SOME) {
    return { tone: 'warn', text: 'Some chats and mail programs cut links longer than 2,000 characters. Try it before you rely on it; a cut link says so.' }
  }
  return { tone: 'calm', text: '' }
}

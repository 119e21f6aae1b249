/// Vite plugin: leaves out what libraries bring along for things that the page never does. 25 KB compressed, before the first picture.
///
/// - markdown-it finds addresses in plain text with linkify-it, which is off here; decodes `&name;` with a table of all names, which
///   a browser has itself; and writes host names as punycode, which `URL` does.
/// - d3-zoom can move the camera slowly, by d3-transition with its colours, easings and timers; here it moves at once.

import type { Plugin } from 'vite'

const INSTEAD: Readonly<Record<string, string>> = {
  'linkify-it': 'export class LinkifyIt {}',
  entities: `
    export function decodeHTMLStrict(text) {
      const area = document.createElement('textarea')
      area.innerHTML = text.replaceAll('<', '&lt;')
      return area.value
    }`,
  'punycode.js': `
    const toASCII = (host) => {
      try { return new URL('http://' + host).hostname } catch { return host }
    }
    export default { toASCII, toUnicode: (host) => host }`,
  'd3-transition': `
    import { selection } from 'd3-selection'
    export const interrupt = () => {}
    selection.prototype.interrupt = function () { return this }`,
}
const MARK = '\0instead:'

export function withoutBallast(): Plugin {
  return {
    name: 'without-ballast',
    enforce: 'pre',
    resolveId: (source) => (source in INSTEAD ? MARK + source : null),
    // What the page's own libraries do at their start must not be dropped with them.
    load: (id) => (id.startsWith(MARK) ? { code: INSTEAD[id.slice(MARK.length)] ?? '', moduleSideEffects: true } : null),
  }
}

/// How the editor looks: only colours of `app/tokens.css`, so that light and dark need no second theme.

import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--panel)', color: 'var(--ink)', fontSize: 'var(--code-size, 13px)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.7', overflowX: 'auto' },
  '.cm-content': { padding: '10px 0 30vh', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 18px 0 6px' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '1.6px' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--dim)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 8px 0 14px', minWidth: '36px', fontVariantNumeric: 'tabular-nums' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--value) 22%, transparent)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--value-soft)', outline: '1px solid var(--value)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--error-soft)' },
  '.cm-searchMatch': { backgroundColor: 'var(--value-soft)', outline: '1px solid var(--value)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--value-soft)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    borderRadius: '8px',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
  },
  '.cm-name-help': { padding: '6px 10px', maxWidth: '42em', lineHeight: '1.5' },
  '.cm-name-help code': { fontFamily: 'var(--mono)', whiteSpace: 'pre-wrap' },
  '.cm-name-help p': { margin: '4px 0 0' },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '16em' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '2px 10px', lineHeight: '1.6' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--value-soft)', color: 'var(--ink)' },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--value)', fontWeight: '600' },
  '.cm-completionDetail': { color: 'var(--dim)', fontStyle: 'normal' },
  '.cm-completionInfo': { padding: '8px 12px', maxWidth: '26em', fontFamily: 'var(--sans)', lineHeight: '1.5' },
  '.cm-panels': { backgroundColor: 'var(--bg)', color: 'var(--ink)', borderColor: 'var(--line)' },
  '.cm-panel input, .cm-panel button': { fontFamily: 'var(--sans)', backgroundImage: 'none' },
  '.cm-textfield': { backgroundColor: 'var(--panel)', border: '1px solid var(--line)', borderRadius: '5px', color: 'var(--ink)' },
  '.cm-button': { backgroundColor: 'var(--panel)', border: '1px solid var(--line)', borderRadius: '5px', color: 'var(--ink)' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--error)', fontFamily: 'var(--mono)' },
})

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.moduleKeyword, tags.controlKeyword], color: 'var(--keyword)' },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.className, tags.definition(tags.className)], color: 'var(--name)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--number)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--string)' },
  { tag: [tags.comment], color: 'var(--dim)', fontStyle: 'italic' },
  { tag: [tags.meta], color: 'var(--name)' },
  { tag: [tags.invalid], color: 'var(--error)' },
])

export const theme = [look, syntaxHighlighting(highlight)]

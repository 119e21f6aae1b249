/// `<autograd-playground>`: an embed that fits its height, shows the author's program as text until (and unless) it can be more, and
/// prints as that text. One small script for other people's pages: no framework, no dependency, nothing global but the element.

import { enveloped, readFromEmbed, type FromEmbed, type ToEmbed } from './messages'

/// The site is where this script came from.
const SITE = new URL('.', document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : document.baseURI)
const OPTIONS = ['show', 'theme', 'readonly', 'lock', 'autorun', 'step'] as const
/// Until the embed says how high it is.
const FIRST_HEIGHT = 420
const MOST_HEIGHT = 4_000

const STYLE = `
:host { display: block; margin: 1em 0; }
:host([hidden]) { display: none; }
::slotted(iframe) { display: block; width: 100%; border: 0; border-radius: 10px; }
.text { display: none; }
@media print { ::slotted(iframe) { display: none; } .text { display: block; } }`

class AutogradPlayground extends HTMLElement {
  static readonly observedAttributes = ['src', ...OPTIONS, 'height']
  #frame: HTMLIFrameElement | null = null
  readonly #root = this.attachShadow({ mode: 'open' })
  readonly #hear = (event: MessageEvent) => this.#message(event)
  #drawn = false

  connectedCallback() {
    addEventListener('message', this.#hear)
    // The text between the tags may still be arriving.
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => this.#draw(), { once: true })
    else this.#draw()
  }

  disconnectedCallback() {
    removeEventListener('message', this.#hear)
    this.#drawn = false
  }

  attributeChangedCallback(name: string) {
    if (!this.#drawn) return
    if (name === 'theme') this.#say({ type: 'theme', theme: themeOf(this.getAttribute('theme')) })
    else if (name === 'height') this.#fit(this.#frame?.clientHeight ?? FIRST_HEIGHT)
    else this.#draw()
  }

  /// The program between the tags.
  get code(): string {
    return programOf(this.textContent ?? '')
  }

  /// Shows another program.
  open(what: { readonly code: string; readonly seed?: number } | { readonly fragment: string }) {
    this.#say({ type: 'open', ...what })
  }

  run() {
    this.#say({ type: 'run' })
  }

  stop() {
    this.#say({ type: 'stop' })
  }

  /// To a step, counted from 0; null: to the end.
  go(step: number | null) {
    this.#say({ type: 'go', step })
  }

  #draw() {
    if (!this.isConnected) return
    this.#drawn = true
    const frame = document.createElement('iframe')
    frame.src = addressOf(this).href
    frame.title = this.title || 'Program in the autograd playground'
    frame.loading = 'lazy'
    frame.setAttribute('allow', 'clipboard-write')
    // A child like any other, not hidden in the shadow: embeds find each other among the page's frames.
    frame.slot = 'frame'
    this.#frame?.remove()
    const style = document.createElement('style')
    style.textContent = STYLE
    const text = document.createElement('div')
    text.className = 'text'
    text.append(document.createElement('slot'))
    const place = document.createElement('slot')
    place.name = 'frame'
    this.#frame = frame
    this.#root.replaceChildren(style, place, text)
    this.#fit(FIRST_HEIGHT)
    frame.addEventListener('load', () => this.#say({ type: 'hello' }))
    this.append(frame)
  }

  #message({ source, origin, data }: MessageEvent) {
    // Of the own frame, and still of the site that it was opened from.
    if (!this.#frame || source !== this.#frame.contentWindow || origin !== SITE.origin) return
    const message = readFromEmbed(data)
    if (message) this.#take(message)
  }

  #take(message: FromEmbed) {
    if (message.type === 'height') return this.#fit(message.height)
    if (message.type === 'ready' && !this.hasAttribute('src') && this.code !== '') {
      const seed = Number(this.getAttribute('seed') ?? 0)
      this.#say({ type: 'open', code: this.code, seed: Number.isSafeInteger(seed) ? seed : 0 })
    }
    const { type, ...detail } = message
    this.dispatchEvent(new CustomEvent(`autograd-${type}`, { detail, bubbles: true, composed: true }))
  }

  #fit(height: number) {
    if (!this.#frame) return
    const fixed = this.getAttribute('height')
    this.#frame.style.height = fixed && fixed !== 'auto' ? (/^\d+$/.test(fixed) ? `${fixed}px` : fixed) : `${Math.min(height, MOST_HEIGHT)}px`
  }

  #say(message: ToEmbed) {
    this.#frame?.contentWindow?.postMessage(enveloped(message), SITE.origin)
  }
}

function addressOf(element: HTMLElement): URL {
  const url = new URL('embed.html', SITE)
  for (const name of OPTIONS) {
    const value = element.getAttribute(name)
    if (value !== null) url.searchParams.set(name, value)
  }
  const src = element.getAttribute('src')
  // A whole link of this or another site, a fragment, or the name of a lesson.
  if (src === null) url.hash = 'host'
  else url.hash = src.includes('#') ? src.slice(src.indexOf('#') + 1) : `lesson=${src}`
  return url
}

/// Without the line breaks that stand between tag and program.
function programOf(text: string): string {
  const lines = text.replace(/^\s*\n/, '').trimEnd().split('\n')
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length)
  const indent = Math.min(...indents, Infinity)
  return lines.map((line) => line.slice(Number.isFinite(indent) ? indent : 0)).join('\n')
}

function themeOf(value: string | null): 'auto' | 'light' | 'dark' {
  return value === 'light' || value === 'dark' ? value : 'auto'
}

// A page may name the script twice.
if (!customElements.get('autograd-playground')) customElements.define('autograd-playground', AutogradPlayground)

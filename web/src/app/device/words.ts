/// What the device's switch says, in words and numbers.

import type { Counters } from '../../protocol/messages'
import { duration } from '../words'
import type { Facts, Offer } from './offer'

const USUAL: Readonly<Record<string, string>> = {
  cuda: 'CuPy on a CUDA device',
  cpu: "NumPy on the server's processor",
  fake: 'NumPy that behaves as a CUDA device does (for trying out)',
}

/// What the server computes with.
export function deviceText(offer: Offer, facts: Facts | null): string {
  const about = facts?.about ?? USUAL[offer.name.split(':')[0] ?? ''] ?? offer.name
  return facts?.memory ? `${about}, ${bytes(facts.memory)}` : about
}

/// How much one program may have there; empty where the server does not say.
export function limitsText(facts: Facts | null): string {
  const parts = [facts?.sessionBytes ? `${bytes(facts.sessionBytes)} of arrays` : null, facts?.frameSeconds ? `${facts.frameSeconds} s for what is sent at once` : null].filter((part) => part !== null)
  return parts.length > 0 ? `A program may have ${parts.join(' and ')}.` : ''
}

/// The counters as rows: what, and how much.
export function counterRows(counters: Counters): readonly (readonly [string, string])[] {
  const { recorded, sent, roundTrips, bytesUp, bytesDown, held, device, waited } = counters
  return [
    ['operations recorded', count(recorded)],
    ['of them sent', count(sent)],
    ['round trips', count(roundTrips)],
    ['sent', bytes(bytesUp)],
    ['received', bytes(bytesDown)],
    ['device at work', duration(device)],
    ['waited for it', duration(waited)],
    ['arrays there now', bytes(held)],
  ]
}

/// The counters in a few characters.
export function counterText({ sent, roundTrips }: Counters): string {
  return `${count(sent)} ops · ${count(roundTrips)} ${roundTrips === 1 ? 'trip' : 'trips'}`
}

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = n
  let unit = -1
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

const count = (n: number) => n.toLocaleString('en')

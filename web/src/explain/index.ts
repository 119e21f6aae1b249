/// A step of the timeline in words and in mathematics.

export { formulasOf, valuesOfStep, type Formulas } from './formulas'
export { MACROS } from './latex'
export { incomingOf, localDerivative } from './local'
export { filledBy, sentenceOf, whatHappens } from './sentence'
export { symbolOf } from './symbol'
export { shortValue, type SummaryOf } from './numbers'
export { contributionsOf, derivativesOf, isDone, operandText, valuesOfContributions, type Contribution, type Derivative } from './derivatives'
export { lineValuesOf, type LineValue, type LineValues } from './lines'

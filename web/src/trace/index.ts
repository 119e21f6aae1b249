/// The trace as the page sees it: checked once, then asked.

export { covered, wholeOf } from './cover'
export { COMPACT_FORM, compactOf, documentOf, type Compact } from './compact'
export { TraceError } from './checks'
export { instancesOf, type Instances } from './instances'
export { LIMITS } from './limits'
export { once } from './once'
export { readOutput, readSummary, readTrace } from './read'
export { contains, linesOf, textOf, type Range } from './source'
export { at, type Packed, type Pass, type Trace } from './types'
export {
  codeLines,
  consumers,
  contributionOf,
  deviceOfValue,
  dtypeOfValue,
  expressionOf,
  framesOfSite,
  gradNormOf,
  gradOf,
  hasRole,
  isLeaf,
  isRecordedOp,
  lineOfNode,
  lineOfSite,
  nameOfSlot,
  nodeCount,
  nodeOfSlot,
  nodesAt,
  nodesAtLine,
  operandArgs,
  operandSlots,
  rangeOfNode,
  rangeOfSite,
  resultSlots,
  shapeOfValue,
  stepOfArg,
  visitsOf,
} from './query'
export {
  LINE_FIT,
  NODE_FIT,
  element,
  formatNumber,
  formatShape,
  isCovered,
  formatValue,
  formatValueInline,
  sizeOf,
  type Fit,
} from './format'
export {
  gradientAt,
  hasBegun,
  isComputed,
  runningSums,
  stepAt,
  stepOfContribution,
  stepOfNode,
  stepsOfLine,
  stepsOfNode,
  timelineOf,
  type Step,
  type Timeline,
} from './timeline'
export { REASONS, whyGradient, type Reason, type SummaryOf, type Why } from './why'

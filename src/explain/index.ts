export { captureRequest, captureResponse, readCapturedRequest, readCapturedResponse } from './captured.js'
export { type CauseCode, type CauseFacts, causes } from './causes.js'
export { explain } from './explain.js'
export { explanationText } from './text.js'
export type {
  CapturedRequest,
  CapturedResponse,
  Cause,
  Certainty,
  Evidence,
  ExplainOptions,
  Explanation,
  Finding,
  SetUp,
} from './types.js'

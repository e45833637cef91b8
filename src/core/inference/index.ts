export { cancelInference } from "./cancel-inference";
export {
  type ChatMessage,
  type ChatRequest,
  type Completion,
  chatMessageSchema,
  chatRequestSchema,
  type FinishReason,
  finishReasons,
  type ResponseFormat,
  type TokenUsage,
  type Tool,
  type ToolCall,
  toolCallSchema,
} from "./chat";
export { checkRequest } from "./check-request";
export { claimRequest } from "./claim-request";
export { completeRequest } from "./complete-request";
export { deleteRequest } from "./delete-request";
export { flushSends, type RequestQueue } from "./enqueue-request";
export { boundInputTokens, DEFAULT_MAX_OUTPUT } from "./estimate-tokens";
export { extendLease } from "./extend-lease";
export { failRequest } from "./fail-request";
export { finishCancelled } from "./finish-cancelled";
export { getInference } from "./get-inference";
export { getInferenceDetail } from "./get-inference-detail";
export { awaitInferenceResult, getInferenceResult } from "./get-inference-result";
export { handBackRequest } from "./hand-back-request";
export { hasCompletedRequest } from "./has-completed-request";
export {
  type InferenceInput,
  inferenceInputSchema,
  wireMessageSchema,
  wireToolCallSchema,
} from "./input-schema";
export { functionParameters, noParameters } from "./json-schema/function-parameters";
export { geminiResponseSchema } from "./json-schema/gemini-response-schema";
export type { ClaimedRequest, ClaimResult, Lane, Lease, RequestError } from "./lease";
export { listHistory } from "./list-history";
export { normalizeInput } from "./normalize-input";
export { SHORT_DESCRIPTION } from "./provider-limits";
export { purgeDeletedRequests } from "./purge-deleted-requests";
export { quoteInference } from "./quote-inference";
export * from "./quote-schema";
export { type Redriven, redriveDeadLetters } from "./redrive-dead-letters";
export type { RequestKey } from "./request-key";
export { type RetryOutcome, retryRequest } from "./retry-request";
export * from "./schemas";
export {
  MAX_WAIT_SECONDS,
  type Submission,
  type SubmissionOutcome,
  submitInference,
} from "./submit-inference";
export { type SweepResult, sweepRequests } from "./sweep-requests";
export { waitForEnd } from "./wait-for-end";
export { watchCancel } from "./watch-cancel";

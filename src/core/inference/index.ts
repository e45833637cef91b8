export { deleteRequest } from "./history/delete-request";
export { getInference } from "./history/get-inference";
export { getInferenceDetail } from "./history/get-inference-detail";
export { awaitInferenceResult, getInferenceResult } from "./history/get-inference-result";
export { hasCompletedRequest } from "./history/has-completed-request";
export { listHistory } from "./history/list-history";
export { purgeDeletedRequests } from "./history/purge-deleted-requests";
export { cancelInference } from "./lifecycle/cancel-inference";
export { claimRequest } from "./lifecycle/claim-request";
export { completeRequest } from "./lifecycle/complete-request";
export { extendLease } from "./lifecycle/extend-lease";
export { failRequest } from "./lifecycle/fail-request";
export { finishCancelled } from "./lifecycle/finish-cancelled";
export type { ClaimedRequest, ClaimResult, Lease, RequestError } from "./lifecycle/lease";
export { type RecoveryResult, recoverRequests } from "./lifecycle/recover-requests";
export { type Redriven, redriveDeadLetters } from "./lifecycle/redrive-dead-letters";
export { releaseRequest } from "./lifecycle/release-request";
export { type RetryOutcome, retryRequest } from "./lifecycle/retry-request";
export { waitForEnd } from "./lifecycle/wait-for-end";
export { watchCancel } from "./lifecycle/watch-cancel";
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
} from "./request/chat";
export { checkRequest } from "./request/check-request";
export { boundInputTokens, DEFAULT_MAX_OUTPUT } from "./request/estimate-tokens";
export {
  type InferenceInput,
  inferenceInputSchema,
  wireMessageSchema,
  wireToolCallSchema,
} from "./request/input-schema";
export { functionParameters, noParameters } from "./request/json-schema/function-parameters";
export { geminiResponseSchema } from "./request/json-schema/gemini-response-schema";
export { normalizeInput } from "./request/normalize-input";
export { SHORT_DESCRIPTION } from "./request/provider-limits";
export type { RequestKey } from "./request-key";
export * from "./schemas";
export { flushSends, type RequestQueue } from "./submit/enqueue-request";
export { quoteInference } from "./submit/quote-inference";
export * from "./submit/quote-schema";
export {
  MAX_WAIT_SECONDS,
  type Submission,
  type SubmissionOutcome,
  submitInference,
} from "./submit/submit-inference";

export { type Archived, archiveRequests } from "./archive/archive-requests";
export { copiedColumns } from "./archive/archived-request";
export { deleteArchives, rewriteArchives } from "./archive/delete-archived";
export { eraseContent } from "./archive/erase-content";
export { countArchives, expireArchives } from "./archive/expire-archives";
export { readArchives } from "./archive/read-archives";
export { ARCHIVE_DAYS, HOT_DAYS } from "./archive/retention-terms";
export { deleteRequest, purgeDeletedRequests } from "./history/delete-request";
export { generationSchema, getGeneration } from "./history/get-generation";
export { awaitInferenceResult, getInference, getInferenceResult } from "./history/get-inference";
export { getInferenceDetail } from "./history/get-inference-detail";
export { hasCompletedRequest, listHistory } from "./history/list-history";
export { encryptStored, insertEndedCall } from "./history/stored-call";
export type { CalledProviders } from "./lifecycle/attempt-log";
export { cancelInference } from "./lifecycle/cancel-inference";
export { claimRequest } from "./lifecycle/claim-request";
export { completeRequest } from "./lifecycle/complete-request";
export { failRequest, finishCancelled } from "./lifecycle/end-request";
export {
  type ClaimedRequest,
  type ClaimResult,
  extendLease,
  type Lease,
  type RequestError,
} from "./lifecycle/lease";
export { type RecoveryResult, recoverRequests } from "./lifecycle/recover-requests";
export { type Redriven, redriveDeadLetters } from "./lifecycle/redrive-dead-letters";
export { type RetryOutcome, releaseRequest, retryRequest } from "./lifecycle/requeue-request";
export { watchCancel } from "./lifecycle/watch-requests";
export { quoteInference } from "./quote/quote-inference";
export * from "./quote/quote-schema";
export {
  type ChatMessage,
  type ChatRequest,
  type Completion,
  chatMessageSchema,
  type FinishReason,
  type ResponseFormat,
  type Tool,
  type ToolCall,
  toolCallSchema,
} from "./request/chat";
export { checkRequest } from "./request/check-request";
export {
  boundEmbeddingTokens,
  boundInputTokens,
  type EmbeddingText,
  floorEmbeddingTokens,
  guessEmbeddingTokens,
  guessInputTokens,
  outputLimit,
} from "./request/estimate-tokens";
export {
  type InferenceInput,
  inferenceInputSchema,
  wireMessageSchema,
  wireToolCallSchema,
} from "./request/input-schema";
export { functionParameters, noParameters } from "./request/json-schema/function-parameters";
export { geminiResponseSchema } from "./request/json-schema/gemini-response-schema";
export { normalizeInput } from "./request/normalize-input";
export { strictNotSent } from "./request/not-sent";
export {
  agrees,
  type Check,
  isBoolean,
  isRecord,
  plainConversation,
  readPlainInput,
} from "./request/plain-input";
export { SHORT_DESCRIPTION } from "./request/provider-limits";
export { readRequest } from "./request/read-request";
export {
  type AskedReasoning,
  askedReasoning,
  checkOwnWords,
  inSentWords,
} from "./request/reasoning/asked-reasoning";
export { reasoningWords } from "./request/reasoning/reasoning-words";
export type { RequestKey } from "./request-row";
export * from "./schemas";
export { flushSends, type RequestQueue } from "./submit/enqueue-request";
export {
  expiredIdempotencyKeys,
  hashRequest,
  idempotencyInFlight,
  idempotencyMismatch,
} from "./submit/idempotency";
export { type Submission, type SubmissionOutcome, submitInference } from "./submit/submit-inference";
export { inferenceGauges, inferenceRequests } from "./upkeep";

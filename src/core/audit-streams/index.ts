export { type ClaimedStream, claimStreams } from "./claim-streams";
export * as auditStreamEmails from "./failing-email";
export { finishBatch } from "./finish-batch";
export { deleteStream, getStream, removeStream, setStream } from "./manage-stream";
export { notifyFailingStreams } from "./notify-failing";
export * from "./schemas";
export { pauseStream, testStream } from "./steer-stream";

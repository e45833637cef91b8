export { type ClaimedStream, claimStreams } from "./claim-streams";
export { finishBatch } from "./finish-batch";
export { deleteStream, getStream, removeStream, setStream } from "./manage-stream";
export * from "./schemas";

import type { Place } from "../privacy";

export function inputPlace(requestId: string): Place {
  return { table: "inference_requests", column: "input_cipher", rowId: requestId };
}

export function resultPlace(requestId: string): Place {
  return { table: "inference_requests", column: "result_cipher", rowId: requestId };
}

export function metadataPlace(requestId: string): Place {
  return { table: "inference_requests", column: "metadata_cipher", rowId: requestId };
}

import type { FieldRef } from "../privacy";

export function inputField(requestId: string): FieldRef {
  return { table: "inference_requests", column: "input_cipher", rowId: requestId };
}

export function resultField(requestId: string): FieldRef {
  return { table: "inference_requests", column: "result_cipher", rowId: requestId };
}

export function metadataField(requestId: string): FieldRef {
  return { table: "inference_requests", column: "metadata_cipher", rowId: requestId };
}

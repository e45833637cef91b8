export { eraseKept } from "./erase-kept";
export { getHipaa } from "./get-hipaa";
export { hipaaViewSchema, updateHipaaInputSchema } from "./schemas";
export { updateHipaa } from "./update-hipaa";

export { forgetAccess } from "./access-changes";
export { Admission } from "./admission";
export type {
  AdmittedCall,
  Allowance,
  CallEnd,
  CallToAdmit,
  LimitAllowance,
  QueuedHold,
  Settlement,
} from "./calls/call";
export { recoverCalls } from "./calls/recover-calls";
export { silenceMeansDeath } from "./calls/silence";
export {
  admission,
  closeAdmission,
  countFirst,
  type ReserveQueued,
  reserveQueued,
} from "./running-admission";
export { allowanceOf } from "./take-request";
export { admissionGauges } from "./upkeep";

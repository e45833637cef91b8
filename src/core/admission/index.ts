export { Admission, admission, closeAdmission, type ReserveQueued, reserveQueued } from "./admission";
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
export { allowanceOf } from "./take-request";
export { admissionGauges } from "./upkeep";

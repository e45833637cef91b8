export { noteThresholds } from "./note-thresholds";
export { tellThresholds } from "./tell-thresholds";

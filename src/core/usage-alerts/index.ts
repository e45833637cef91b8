export { notifyThresholds } from "./notify-thresholds";
export { recordThresholds } from "./record-thresholds";

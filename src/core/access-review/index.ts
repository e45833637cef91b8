export { accessReviewFile } from "./access-file";
export { reviewAccess } from "./review-access";
export { accessReviewFileSchema, accessReviewSchema } from "./schemas";

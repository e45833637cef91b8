export {
  type DirectoryPrincipal,
  resolveDirectoryToken,
} from "./directory-principal";
export { listDirectoryUsers, type PageOf, type PageOfAll, type UserFilter } from "./list-users";
export { createDirectoryToken, getDirectory, revokeDirectoryToken, SCIM_PATH } from "./manage-tokens";
export * from "./schemas";
export type { DirectoryUserInput, DirectoryUserView } from "./user-rows";
export { changeDirectoryUser, createDirectoryUser, deleteDirectoryUser, getDirectoryUser } from "./users";

export type { DirectoryGroupInput, DirectoryGroupResource, GroupChange, MemberStep } from "./group-rows";
export { MAX_GROUP_MEMBERS, memberNotInDirectory } from "./group-rows";
export {
  changeDirectoryGroup,
  createDirectoryGroup,
  deleteDirectoryGroup,
  getDirectoryGroup,
} from "./groups";
export { listDirectoryGroups } from "./list-groups";
export { listDirectoryUsers, type PageOfAll } from "./list-users";
export { listGroupRoles, setGroupRole } from "./map-groups";
export * from "./schemas";
export {
  type DirectoryPrincipal,
  isDirectorySecret,
  resolveDirectoryToken,
} from "./tokens/directory-principal";
export { endLeakedDirectoryToken } from "./tokens/end-leaked-token";
export { createDirectoryToken, getDirectory, revokeDirectoryToken, SCIM_PATH } from "./tokens/manage-tokens";
export type { DirectoryUserInput, DirectoryUserView } from "./user-rows";
export { changeDirectoryUser, createDirectoryUser, deleteDirectoryUser, getDirectoryUser } from "./users";

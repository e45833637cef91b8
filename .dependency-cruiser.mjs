/**
 * The floors of the house (docs/ARCHITECTURE.md): arrows point down only, and no circles.
 * app, components (4) → server (3) → worker (2) → core/<noun> (1) → core/platform (0) → shared, which every floor may
 * import and which imports nothing: it runs in browsers too.
 */
const nouns =
  "accounts|orgs|members|org-deletion|keys|plans|models|limits|quota|usage|inference|billing|audit|privacy|webhooks|operators|inquiries|overview|usage-alerts";

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: "shared-imports-nothing",
      severity: "error",
      from: { path: "^src/shared/", pathNot: "\\.test\\.ts$" },
      to: { pathNot: "^src/shared/" },
    },
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "platform-is-the-ground",
      severity: "error",
      from: { path: "^src/core/platform/" },
      to: { path: `^src/(core/(?!platform/)|worker|server|app|components)` },
    },
    {
      name: "core-knows-no-faces",
      severity: "error",
      from: { path: "^src/core/" },
      to: { path: "^src/(worker|server|app|components)/" },
    },
    {
      name: "worker-knows-no-faces",
      severity: "error",
      from: { path: "^src/worker/" },
      to: { path: "^src/(server|app|components)/" },
    },
    {
      name: "core-and-worker-know-no-framework",
      severity: "error",
      from: { path: "^src/(core|worker)/" },
      to: {
        path: "^(next|next-auth|react|react-dom|@trpc)(/|$)|node_modules/(next|next-auth|react|react-dom|@trpc)/",
      },
    },
    {
      name: "server-knows-no-pages",
      severity: "error",
      from: { path: "^src/server/" },
      to: { path: "^src/(app|components)/" },
    },
    {
      name: "components-hold-no-data-access",
      severity: "error",
      from: { path: "^src/components/" },
      to: { path: "^src/(core|worker|app)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "nouns-meet-at-their-index",
      severity: "error",
      from: { path: `^src/core/(${nouns})/` },
      to: { path: `^src/core/(${nouns})/`, pathNot: `^src/core/($1/|(${nouns})/index\\.ts$)` },
    },
    {
      name: "product-knows-no-stand-ins",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.tsx?$" },
      to: { path: "^(infra|e2e)/" },
    },
    {
      name: "no-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "platform/db/generated/|\\.next/|^dist/|^e2e/api/clients/drivers/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
  },
};

/**
 * The floors of the house (docs/ARCHITECTURE.md): imports point down only, and never in a circle.
 *
 *   4  src/app, src/components   pages
 *   3  src/server                who is calling, and what may they do
 *   2  src/worker                calls providers; queue and scheduled jobs
 *   1  src/core/<noun>           the domain; everybody else, tests too, imports a noun through its index.ts
 *   0  src/core/platform         knows no noun
 *      src/shared                imports nothing and runs in browsers; every floor may import it
 *
 * infra, e2e and prisma stand outside: they may import the product, and the product never imports them.
 */
const noun = "^src/core/(?!platform/)([^/]+)/";
const nounIndex = "^src/core/[^/]+/index\\.ts$";
const page = "^src/app/[(][a-z]+[)]/([a-z][^/]*)/";
/** These tests compare the stacks with the product: its variables, its metrics and its alert rules. */
const comparesWithProduct = "^infra/aws/tests/(environment|counted|alerts-equal)[.]test[.]ts$";

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
      name: "the-ground-is-one-import",
      severity: "error",
      from: { path: "^(src/(core/(?!platform/)|worker|server)|infra|e2e|prisma)" },
      to: { path: "^src/core/platform/(clock|environment|errors|ids/ids|principal)\\.ts$" },
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
      from: { path: noun },
      // What a noun lends to tests stands in its testing folder.
      to: { path: noun, pathNot: ["^src/core/$1/", nounIndex, "^src/core/[^/]+/testing/"] },
    },
    {
      name: "others-enter-a-noun-by-its-index",
      severity: "error",
      from: { path: "^(src|infra|e2e|prisma)/", pathNot: "^src/core/" },
      to: { path: noun, pathNot: nounIndex },
    },
    {
      name: "pages-keep-their-parts-to-themselves",
      severity: "error",
      from: { path: page },
      to: { path: "^src/app/[(][a-z]+[)]/[a-z].*/_(components|lib)/", pathNot: "^src/app/[(][a-z]+[)]/$1/" },
    },
    {
      name: "product-knows-no-stand-ins",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.tsx?$|/testing/" },
      to: { path: "^(infra|e2e)/" },
    },
    {
      name: "product-knows-no-tests",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.tsx?$|/testing/" },
      to: { path: "\\.test\\.tsx?$|/testing/" },
    },
    {
      name: "no-unresolvable",
      severity: "error",
      from: { pathNot: "^infra/aws/" },
      to: { couldNotResolve: true },
    },
    {
      // Its packages are its own and not always installed; its files are.
      name: "no-unresolvable-files-of-infra-aws",
      severity: "error",
      from: { path: "^infra/aws/", pathNot: comparesWithProduct },
      to: { couldNotResolve: true, path: "^[.]" },
    },
    {
      name: "infra-aws-stands-alone",
      severity: "error",
      from: { path: "^infra/aws/", pathNot: comparesWithProduct },
      to: { path: "^(src|prisma|e2e|infra)/", pathNot: "^infra/aws/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "platform/db/generated/|\\.next/|^dist/|^e2e/(api/clients|sdks)/drivers/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
  },
};

import { mayDeploy } from "../gate/window";

// `npx tsx commands/deploy-window.ts [--emergency]`: ends with 1 outside the windows of the specification.
const { may, because } = mayDeploy(new Date(), { emergency: process.argv.includes("--emergency") });
console.log(because);
process.exitCode = may ? 0 : 1;

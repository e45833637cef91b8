import { Validations } from "aws-cdk-lib";
import { buildApp } from "./build";
import { ExplainedNag } from "./checks/explained-nag";
import { ConfigError, readConfig } from "./config/config";

/**
 * `AGATHA_AWS_CONFIG=production.json npx cdk synth`: a bad configuration ends here, before anything is synthesized, and whatever
 * nobody has explained ends it after.
 */
const file = process.env["AGATHA_AWS_CONFIG"] ?? "config.json";
try {
  const app = buildApp(readConfig(file));
  Validations.of(app).addPlugins(new ExplainedNag());
  app.synth();
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}

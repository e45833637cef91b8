import { CpuArchitecture } from "aws-cdk-lib/aws-ecs";
import { Architecture } from "aws-cdk-lib/aws-lambda";

/**
 * What tasks and functions run on: a fifth cheaper than x64 for the same work. The image is a list of both; the bundle of the
 * functions is built on a machine of this one (.github/workflows/deploy.yml).
 */
export const processor = {
  name: "arm64",
  tasks: CpuArchitecture.ARM64,
  functions: Architecture.ARM_64,
} as const;

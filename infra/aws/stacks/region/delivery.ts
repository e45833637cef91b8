import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as ecr from "aws-cdk-lib/aws-ecr";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as s3 from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { migrationRoles } from "../../parts/compute/task";
import { spec } from "../../spec/spec";
import { type RegionProps, RegionStack } from "../base-stack";

const GITHUB = "token.actions.githubusercontent.com";
/** What a deployment can go back to, without anything being built: fifty versions, each a list and two images. */
const KEPT_IMAGES = 150;
const SESSION_HOURS = 2;
/** CDK's own roles, made by `cdk bootstrap`; what they may do is theirs. */
const BOOTSTRAP_QUALIFIER = "hnb659fds";

/** Where images and Lambda bundles lie in a region, and by which identity GitHub's workflows put them there. */
export class DeliveryStack extends RegionStack {
  constructor(scope: Construct, props: RegionProps & { platformKeyArn: string }) {
    super(scope, "delivery", props);
    const key = kms.Key.fromKeyArn(this, "Platform", props.platformKeyArn);
    const repository = new ecr.Repository(this, "Images", {
      repositoryName: this.names.repository,
      // A digest is what is deployed; a tag that cannot move is for people.
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: ecr.RepositoryEncryption.KMS,
      encryptionKey: key,
      lifecycleRules: [{ maxImageCount: KEPT_IMAGES }],
      removalPolicy: this.config.profile.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const collector = new ecr.Repository(this, "Collector", {
      repositoryName: this.names.collectorRepository,
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: ecr.RepositoryEncryption.KMS,
      encryptionKey: key,
      removalPolicy: this.config.profile.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const artifacts = new s3.Bucket(this, "Artifacts", {
      bucketName: this.names.artifacts(this.where),
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      serverAccessLogsBucket: s3.Bucket.fromBucketName(this, "Logs", this.names.accessLogs(this.where)),
      serverAccessLogsPrefix: "artifacts/",
      lifecycleRules: [{ id: "a-year", expiration: Duration.days(spec.retention.coldDays) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.addDeployer([repository, collector], artifacts);
    // A role is the account's, as the identity provider is.
    if (this.where.name === spec.regions.primary) this.addDriller();
  }

  /**
   * By which the workflow of drills looks at the restore tests of the week, in every region of the profile. It reads that list
   * and nothing else: what a drill changes is changed by the people in it.
   */
  private addDriller(): void {
    const { account, repository: github, profile } = this.config;
    const role = new iam.Role(this, "Driller", {
      roleName: this.names.drills,
      maxSessionDuration: Duration.hours(1),
      assumedBy: new iam.WebIdentityPrincipal(`arn:aws:iam::${account}:oidc-provider/${GITHUB}`, {
        StringEquals: {
          [`${GITHUB}:aud`]: "sts.amazonaws.com",
          [`${GITHUB}:sub`]: `repo:${github}:environment:${profile.name}-drills`,
        },
      }),
    });
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ["backup:ListRestoreJobs"],
        // Of this list AWS knows no single resource.
        resources: ["*"],
        conditions: { StringEquals: { "aws:RequestedRegion": profile.cells.map(({ home }) => home) } },
      }),
    );
  }

  /**
   * One role a region. GitHub's token has to name our repository and the environment of this profile, which GitHub gives
   * only to a job that the environment's rules let through: for production, after a person has approved.
   */
  private addDeployer(repositories: ecr.Repository[], artifacts: s3.Bucket): void {
    const { account, repository: github, profile } = this.config;
    const region = this.where.name;
    const provider = `arn:aws:iam::${account}:oidc-provider/${GITHUB}`;
    // An identity provider is the account's: the first region makes it.
    if (region === spec.regions.primary)
      new iam.CfnOIDCProvider(this, "GitHub", {
        url: `https://${GITHUB}`,
        clientIdList: ["sts.amazonaws.com"],
      });
    const role = new iam.Role(this, "Deployer", {
      roleName: `${this.names.base}-deployer-${region}`,
      maxSessionDuration: Duration.hours(SESSION_HOURS),
      assumedBy: new iam.WebIdentityPrincipal(provider, {
        StringEquals: {
          [`${GITHUB}:aud`]: "sts.amazonaws.com",
          [`${GITHUB}:sub`]: `repo:${github}:environment:${profile.name}`,
        },
      }),
    });
    const allow = (actions: string[], resources: string[]) =>
      role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
    for (const repository of repositories) repository.grantPullPush(role);
    // Whether it is there already, and what its scan found.
    allow(
      ["ecr:DescribeImages", "ecr:DescribeImageScanFindings"],
      repositories.map(({ repositoryArn }) => repositoryArn),
    );
    allow(["s3:PutObject", "s3:GetObject"], [artifacts.arnForObjects("lambda/*")]);
    allow(
      ["sts:AssumeRole"],
      ["deploy", "file-publishing", "lookup"].map(
        (kind) => `arn:aws:iam::${account}:role/cdk-${BOOTSTRAP_QUALIFIER}-${kind}-role-${account}-${region}`,
      ),
    );
    const cellOf = (kind: string) => `arn:aws:${kind}:${region}:${account}`;
    // The task that migrates, and what a deployment waits for and takes back.
    allow(["ecs:RunTask"], [`${cellOf("ecs")}:task-definition/${this.names.base}-*-migrate:*`]);
    allow(
      [
        "ecs:DescribeTasks",
        "ecs:DescribeServices",
        "ecs:ListServiceDeployments",
        "ecs:DescribeServiceDeployments",
        "ecs:StopServiceDeployment",
      ],
      [
        `${cellOf("ecs")}:task/${this.names.base}-*`,
        `${cellOf("ecs")}:service/${this.names.base}-*`,
        `${cellOf("ecs")}:service-deployment/${this.names.base}-*`,
      ],
    );
    const migrators = profile.cells
      .filter(({ home }) => home === region)
      .flatMap((cell) => migrationRoles(this.names.placed({ cell, role: "home" })));
    if (migrators.length > 0)
      role.addToPolicy(
        new iam.PolicyStatement({
          actions: ["iam:PassRole"],
          resources: migrators.map((name) => `arn:aws:iam::${account}:role/${name}`),
          conditions: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
        }),
      );
    allow(
      // Invoked with an empty batch, to hear a new version that nobody else asks (gate/alias-gate.ts).
      ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:ListVersionsByFunction", "lambda:InvokeFunction"],
      [`${cellOf("lambda")}:function:${this.names.base}-*`],
    );
    allow(
      ["cloudformation:DescribeStacks"],
      [`${cellOf("cloudformation")}:stack/${profile.name}-${region}-*-migrate/*`],
    );
    allow(["cloudwatch:DescribeAlarms"], [`${cellOf("cloudwatch")}:alarm:${this.names.base}-*`]);
  }
}

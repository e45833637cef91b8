import { RemovalPolicy } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as kms from "aws-cdk-lib/aws-kms";
import * as logs from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { CLOUDFLARE_RANGES } from "../../parts/network/cloudflare-ranges";
import { makeFirewall, type SecurityGroupIds } from "../../parts/network/firewall";
import { addNetworkAcls } from "../../parts/network/network-acls";
import { zonesOf } from "../../spec/cells";
import { type RegionProps, RegionStack } from "../base-stack";

/** Services that a task speaks with all the time; S3 has its own gateway, which costs nothing. */
const ENDPOINTS = {
  EcrApi: ec2.InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Secrets: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Kms: ec2.InterfaceVpcEndpointAwsService.KMS,
  Sqs: ec2.InterfaceVpcEndpointAwsService.SQS,
  Sts: ec2.InterfaceVpcEndpointAwsService.STS,
} as const;

/** Zones, subnets, lists and logs of a region. Its security groups are made here alone and handed on by their ids. */
export class NetworkStack extends RegionStack {
  readonly vpc: ec2.Vpc;
  readonly securityGroups: SecurityGroupIds;

  constructor(scope: Construct, props: RegionProps & { platformKeyArn: string }) {
    super(scope, "network", props);
    const { network, keepsData, logDays, flowLogs } = this.config.profile;
    this.vpc = new ec2.Vpc(this, "Vpc", {
      vpcName: this.names.base,
      ipAddresses: ec2.IpAddresses.cidr(this.where.cidr),
      availabilityZones: zonesOf(this.where, network.zones),
      natGateways: network.natGateways,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: "public", subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: "app", subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 19 },
        { name: "data", subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    addNetworkAcls(this, this.vpc);

    if (flowLogs) {
      const group = new logs.LogGroup(this, "FlowLogs", {
        encryptionKey: kms.Key.fromKeyArn(this, "Platform", props.platformKeyArn),
        retention: logDays,
        removalPolicy: keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      });
      this.vpc.addFlowLog("Flow", { destination: ec2.FlowLogDestination.toCloudWatchLogs(group) });
    }

    const cloudflare = new ec2.CfnPrefixList(this, "Cloudflare", {
      prefixListName: `${this.names.base}-cloudflare`,
      addressFamily: "IPv4",
      maxEntries: CLOUDFLARE_RANGES.length + 5,
      entries: CLOUDFLARE_RANGES.map((cidr) => ({ cidr })),
    });
    this.securityGroups = makeFirewall(this, this.vpc, {
      cloudflare: cloudflare.attrPrefixListId,
      healthChecks: this.made.healthCheckPrefixList,
    });

    if (network.interfaceEndpoints) {
      const group = ec2.SecurityGroup.fromSecurityGroupId(this, "Endpoints", this.securityGroups.endpoints, {
        mutable: false,
      });
      for (const [name, service] of Object.entries(ENDPOINTS)) {
        this.vpc.addInterfaceEndpoint(name, {
          service,
          open: false,
          securityGroups: [group],
          subnets: { subnetGroupName: "app" },
        });
      }
    }
  }
}

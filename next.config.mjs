const cachedFor = (seconds) => [{ key: "cache-control", value: `public, max-age=${seconds}` }];

/** @type {import("next").NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  transpilePackages: ["@agathaai/core", "@agathaai/worker"],
  // Native bindings, drivers and loggers that find their own files at run time stay outside the bundle.
  serverExternalPackages: [
    "@aws-sdk/client-kms",
    "@aws-sdk/client-s3",
    "@aws-sdk/client-sqs",
    "@node-rs/argon2",
    "@prisma/adapter-pg",
    "@prisma/client",
    "@react-email/render",
    "ioredis",
    "nodemailer",
    "pg",
    "pino",
    "prom-client",
    "undici",
  ],
  // `npm test` checks the types of everything; a build does not check the portal's again.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  // Files of `public/` keep their names when they change, so browsers ask for them again after a while.
  headers: async () => [
    { source: "/:file(favicon.ico|apple-touch-icon.png)", headers: cachedFor(86_400) },
    { source: "/brand/:file", headers: cachedFor(86_400) },
    { source: "/:file(llms.txt|.well-known/security.txt)", headers: cachedFor(3_600) },
  ],
  experimental: { optimizePackageImports: ["radix-ui"] },
};

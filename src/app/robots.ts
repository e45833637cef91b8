import type { MetadataRoute } from "next";

export default function robots(): MetadataRoute.Robots {
  return {
    rules: {
      userAgent: "*",
      allow: "/",
      disallow: [
        "/api/",
        "/v1/",
        "/keys",
        "/overview",
        "/playground",
        "/requests",
        "/usage",
        "/verify",
        "/reset-password",
      ],
    },
  };
}

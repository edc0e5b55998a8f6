export default {
  test: {
    include: ["apps/*/test/**/*.test.ts", "packages/*/test/**/*.test.ts"],
    setupFiles: ["./apps/web/test/seed.ts"],
    fileParallelism: false,
    coverage: {
      provider: "istanbul",
      include: ["apps/*/src/**", "packages/*/src/**"],
      reporter: ["cobertura"],
      reportOnFailure: true,
      reportsDirectory: "reports",
    },
  },
};

import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/**", "reports/**"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      complexity: ["warn", 8],
      eqeqeq: "error",
      "no-console": "warn",
      "no-nested-ternary": "warn",
      "max-params": ["warn", 4],
      "prefer-const": "error",
    },
  },
);

export { bundlePrice, seriesPrice, type Series } from "./bundles";
export { convert, type Currency } from "./currency";
export { bestDiscount, type Discount } from "./discounts";
export { gross, net, type Price } from "./price";
export { roundTo } from "./rounding";

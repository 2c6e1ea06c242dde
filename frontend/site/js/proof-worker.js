import { solve } from "./proof.js";

onmessage = ({ data }) => postMessage(solve(data));

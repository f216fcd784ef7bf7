/** The version of the format of contracts. A change that older readers misread raises it. */
export const contractVersion = 1;

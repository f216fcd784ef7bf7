import { targetContract } from './contract.ts';
import { openShelf } from './shelf.ts';

targetContract('a shelf', { open: openShelf, mostReads: 2 });

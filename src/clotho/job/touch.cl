// Counts as writing to memory, and leaves it as it is.
// SPDX-License-Identifier: Apache-2.0
__kernel void touch(__global void* memory) { (void)memory; }

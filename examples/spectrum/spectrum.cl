// Cuts a sound into frames that overlap by half, and fades each in and out (Hann's window), so that what a frame cuts off does
// not look like further tones. One work-item a sample of a frame: global = {size, frames}.
kernel void cut_frames(uint size, float turn, global const float* samples, global float* frames) {
  const uint i = get_global_id(0), frame = get_global_id(1);
  const float fade = 0.5f - 0.5f * cos(turn * i);
  frames[(ulong)frame * size + i] = fade * samples[(ulong)frame * (size / 2) + i];
}

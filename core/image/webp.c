// SPDX-License-Identifier: MIT
#include "core/image/internal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

// The RIFF header's length must be covered by the bytes there are. size >= 12 here.
static bool is_complete(const struct img_source *src)
{
    const uint8_t *p = src->data + 4;
    uint32_t length = p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
    return length <= src->size - 8;
}

static int decode_to(uint8_t *pixels, WEBP_CSP_MODE mode, int w, int h,
                     const struct img_source *src, struct err *err)
{
    size_t stride = (size_t)w * (mode == MODE_RGBA ? 4 : 3);
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config))
        return img_damaged(src, "WebP", "the installed libwebp is of another version", err);
    config.output.colorspace = mode;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = stride * (size_t)h;
    VP8StatusCode status = WebPDecode(src->data, src->size, &config);
    WebPFreeDecBuffer(&config.output);
    if (status == VP8_STATUS_OUT_OF_MEMORY)
        return err_memory(err, "WebP");
    return status == VP8_STATUS_OK ? 0 : img_damaged(src, "WebP", "its pixels don't decode", err);
}

static int read_transparent(struct img *out, const struct img_source *src, struct err *err)
{
    uint8_t *rgba = malloc((size_t)out->w * (size_t)out->h * 4);
    if (!rgba)
        return err_memory(err, "transparent WebP");
    int ret = decode_to(rgba, MODE_RGBA, out->w, out->h, src, err);
    if (!ret)
        img_over_white(out, rgba);
    free(rgba);
    return ret;
}

static int read_first_frame(struct img *out, const struct img_source *src, struct err *err)
{
    WebPData data = {.bytes = src->data, .size = src->size};
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, NULL); // RGBA
    WebPAnimInfo info;
    uint8_t *rgba;
    int end_ms;
    bool ok = decoder && WebPAnimDecoderGetInfo(decoder, &info) &&
              info.canvas_width == (uint32_t)out->w && info.canvas_height == (uint32_t)out->h &&
              WebPAnimDecoderGetNext(decoder, &rgba, &end_ms);
    if (ok)
        img_over_white(out, rgba);
    WebPAnimDecoderDelete(decoder);
    return ok ? 0 : img_damaged(src, "WebP", "its first frame doesn't decode", err);
}

static int read_orientation(const struct img_source *src)
{
    WebPData data = {.bytes = src->data, .size = src->size};
    WebPDemuxer *demuxer = WebPDemux(&data);
    WebPChunkIterator chunk;
    int orientation = 1;
    if (demuxer && WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk)) {
        orientation = img_exif_orientation(chunk.chunk.bytes, chunk.chunk.size);
        WebPDemuxReleaseChunkIterator(&chunk);
    }
    WebPDemuxDelete(demuxer);
    return orientation;
}

int img_decode_webp(struct img *out, int *orientation, const struct img_source *src,
                    struct err *err)
{
    WebPBitstreamFeatures features;
    bool complete = is_complete(src);
    if (WebPGetFeatures(src->data, src->size, &features) != VP8_STATUS_OK)
        return complete ? img_damaged(src, "WebP", "its header doesn't decode", err)
                        : img_ends_early(src, "WebP", err);
    int ret = img_check_size(features.width, features.height, src->name, err);
    if (!ret && !complete)
        ret = img_ends_early(src, "WebP", err);
    if (!ret)
        ret = img_reserve(out, features.width, features.height, err);
    if (ret)
        return ret;
    if (features.has_animation)
        ret = read_first_frame(out, src, err);
    else if (features.has_alpha)
        ret = read_transparent(out, src, err);
    else
        ret = decode_to(out->px, MODE_RGB, out->w, out->h, src, err);
    if (!ret)
        *orientation = read_orientation(src);
    return ret;
}

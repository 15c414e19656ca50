// SPDX-License-Identifier: MIT
#include "capture/slot.h"
#include "core/base/clock.h"
#include "tests/test.h"

#include <pthread.h>
#include <stdatomic.h>

#define SIDE 48 // pixels; every byte of a frame holds the frame's number

static int slot_make(void **state)
{
    struct cap_slot *slot;
    int ret = cap_slot_create(&slot, NULL);
    *state = slot;
    return ret;
}

static int slot_remove(void **state)
{
    cap_slot_destroy(*state);
    return 0;
}

static void publish(struct cap_slot *slot, int number)
{
    struct cap_frame *frame = cap_slot_begin(slot);
    assert_int_equal(img_reserve(&frame->img, SIDE, SIDE, NULL), 0);
    memset(frame->img.px, number & 0xff, (size_t)SIDE * SIDE * 3);
    cap_slot_publish(slot, frame, 1000 + number);
}

static bool is_whole(const struct cap_frame *frame)
{
    uint8_t want = (uint8_t)frame->frame;
    for (size_t i = 0; i < (size_t)SIDE * SIDE * 3; i++) {
        if (frame->img.px[i] != want)
            return false;
    }
    return frame->capture_ns == 1000 + frame->frame;
}

static void latest_wins_and_is_seen_once(void **state)
{
    struct cap_slot *slot = *state;
    int reader = cap_slot_attach(slot);
    assert_null(cap_slot_take(slot, reader));
    for (int i = 1; i <= 3; i++)
        publish(slot, i);
    assert_int_equal(cap_slot_dropped(slot, reader), 2);
    const struct cap_frame *frame = cap_slot_take(slot, reader);
    assert_non_null(frame);
    assert_int_equal(frame->frame, 3);
    assert_true(is_whole(frame));
    assert_null(cap_slot_take(slot, reader));
    assert_int_equal(cap_slot_dropped(slot, reader), 2);
    cap_slot_release(slot, frame);
}

static void a_reader_starts_with_the_next_frame(void **state)
{
    struct cap_slot *slot = *state;
    publish(slot, 1);
    publish(slot, 2);
    int reader = cap_slot_attach(slot);
    assert_null(cap_slot_take(slot, reader));
    assert_int_equal(cap_slot_dropped(slot, reader), 0);
    publish(slot, 3);
    const struct cap_frame *frame = cap_slot_wait(slot, reader, 1000);
    assert_int_equal(frame->frame, 3);
    assert_int_equal(cap_slot_dropped(slot, reader), 0);
    cap_slot_release(slot, frame);
}

static void readers_are_limited_and_reused(void **state)
{
    struct cap_slot *slot = *state;
    for (int i = 0; i < CAP_READERS; i++)
        assert_int_equal(cap_slot_attach(slot), i);
    assert_int_equal(cap_slot_attach(slot), -1);
    publish(slot, 1);
    publish(slot, 2);
    cap_slot_detach(slot, 2);
    assert_int_equal(cap_slot_attach(slot), 2);
    assert_int_equal(cap_slot_dropped(slot, 2), 0); // the new reader's own count
    assert_int_equal(cap_slot_dropped(slot, 1), 1);
}

static void the_writer_never_lacks_a_buffer(void **state)
{
    struct cap_slot *slot = *state;
    const struct cap_frame *held[2 * CAP_READERS];
    int number = 0;
    for (int i = 0; i < CAP_READERS; i++) {
        int reader = cap_slot_attach(slot);
        for (int k = 2 * i; k < 2 * i + 2; k++) { // the next before the one it has is released
            publish(slot, ++number);
            held[k] = cap_slot_take(slot, reader);
            assert_int_equal(held[k]->frame, number);
        }
    }
    while (number < 40)
        publish(slot, ++number);
    for (int i = 0; i < 2 * CAP_READERS; i++) { // what is held stays as it was
        assert_true(is_whole(held[i]));
        cap_slot_release(slot, held[i]);
    }
}

static void a_greedy_reader_gets_no_buffer_overwritten(void **state)
{
    enum { MANY = 2 * CAP_READERS + 2 };
    struct cap_slot *slot = *state;
    const struct cap_frame *held[MANY];
    int reader = cap_slot_attach(slot);
    for (int i = 0; i < MANY; i++) {
        publish(slot, i + 1);
        held[i] = cap_slot_take(slot, reader);
    }
    assert_null(cap_slot_begin(slot));
    assert_null(cap_slot_begin(slot));
    for (int i = 0; i < MANY; i++)
        assert_true(is_whole(held[i]));
    cap_slot_release(slot, held[0]);
    publish(slot, MANY + 1); // and on it goes
    const struct cap_frame *frame = cap_slot_take(slot, reader);
    assert_int_equal(frame->frame, MANY + 1);
    cap_slot_release(slot, frame);
    for (int i = 1; i < MANY; i++)
        cap_slot_release(slot, held[i]);
}

static void begin_gives_the_same_buffer_until_published(void **state)
{
    struct cap_slot *slot = *state;
    struct cap_frame *frame = cap_slot_begin(slot);
    assert_ptr_equal(cap_slot_begin(slot), frame);
    cap_slot_publish(slot, frame, 0);
    assert_ptr_not_equal(cap_slot_begin(slot), frame);
}

static void waits_end_in_time(void **state)
{
    struct cap_slot *slot = *state;
    int reader = cap_slot_attach(slot);
    int64_t start = clock_now_ns();
    assert_null(cap_slot_wait(slot, reader, 30));
    assert_true(clock_now_ns() - start >= 29 * CLOCK_SECOND / 1000);
    publish(slot, 1);
    assert_false(cap_slot_wait_taken(slot, 10));
    cap_slot_release(slot, cap_slot_take(slot, reader));
    assert_true(cap_slot_wait_taken(slot, 0));
    cap_slot_detach(slot, reader);
    assert_false(cap_slot_wait_taken(slot, 10)); // nobody there is not everybody
    assert_true(cap_slot_attach(slot) >= 0);     // a newcomer waits for the next one
    assert_true(cap_slot_wait_taken(slot, 0));
}

struct waiter {
    struct cap_slot *slot;
    int reader; // -1: the writer in lockstep
    bool got;
    pthread_t thread;
};

static void *wait_long(void *arg)
{
    struct waiter *waiter = arg;
    if (waiter->reader < 0)
        waiter->got = cap_slot_wait_taken(waiter->slot, 60000);
    else
        waiter->got = cap_slot_wait(waiter->slot, waiter->reader, 60000) != NULL;
    return NULL;
}

static void closing_wakes_all(void **state)
{
    struct cap_slot *slot = *state;
    int up_to_date = cap_slot_attach(slot), late = cap_slot_attach(slot);
    publish(slot, 1);
    cap_slot_release(slot, cap_slot_take(slot, up_to_date));
    struct waiter waiters[2] = {{.slot = slot, .reader = -1, .got = true},
                                {.slot = slot, .reader = up_to_date, .got = true}};
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&waiters[i].thread, NULL, wait_long, &waiters[i]), 0);
    clock_sleep_until(clock_now_ns() + 30 * CLOCK_SECOND / 1000);
    int64_t start = clock_now_ns();
    assert_false(cap_slot_closed(slot));
    cap_slot_close(slot);
    for (int i = 0; i < 2; i++) {
        pthread_join(waiters[i].thread, NULL);
        assert_false(waiters[i].got);
    }
    assert_true(clock_now_ns() - start < 20 * CLOCK_SECOND); // a wait lasts 60 s
    assert_true(cap_slot_closed(slot));
    assert_null(cap_slot_wait(slot, late, 60000)); // later ones too, with a frame there
    assert_false(cap_slot_wait_taken(slot, 60000));
}

// -- many threads --

struct load {
    struct cap_slot *slot;
    int reader;
    int sleep_us;        // a reader's work on each frame
    int64_t n_taken;     // by this reader
    int64_t n_bad;       // frames torn or out of order
    int64_t n_accounted; // taken + dropped, at the end
    pthread_t thread;
};

static atomic_bool writer_done;

static void *read_all(void *arg)
{
    struct load *load = arg;
    int64_t last = 0;
    for (;;) {
        bool over = atomic_load(&writer_done);
        const struct cap_frame *frame = cap_slot_wait(load->slot, load->reader, 20);
        if (!frame && over)
            break;
        if (!frame)
            continue;
        load->n_taken++;
        load->n_bad += !is_whole(frame) || frame->frame <= last;
        last = frame->frame;
        if (load->sleep_us)
            clock_sleep_until(clock_now_ns() + load->sleep_us * INT64_C(1000));
        load->n_bad += !is_whole(frame);
        cap_slot_release(load->slot, frame);
    }
    load->n_accounted = load->n_taken + cap_slot_dropped(load->slot, load->reader);
    return NULL;
}

static void start_readers(struct load *loads, struct cap_slot *slot)
{
    static const int sleeps[CAP_READERS] = {0, 50, 700, 3000};
    atomic_store(&writer_done, false);
    for (int i = 0; i < CAP_READERS; i++) {
        loads[i] =
            (struct load){.slot = slot, .reader = cap_slot_attach(slot), .sleep_us = sleeps[i]};
        assert_int_equal(pthread_create(&loads[i].thread, NULL, read_all, &loads[i]), 0);
    }
}

static void join_readers(struct load *loads, int64_t n_published)
{
    atomic_store(&writer_done, true);
    for (int i = 0; i < CAP_READERS; i++) {
        pthread_join(loads[i].thread, NULL);
        assert_int_equal(loads[i].n_bad, 0);
        assert_int_equal(loads[i].n_accounted, n_published);
    }
}

static void free_running_readers_see_whole_frames(void **state)
{
    enum { N = 5000 };
    struct cap_slot *slot = *state;
    struct load loads[CAP_READERS];
    start_readers(loads, slot);
    for (int i = 1; i <= N; i++) {
        publish(slot, i);
        if (i % 8 == 0)
            clock_sleep_until(clock_now_ns() + 100 * INT64_C(1000));
    }
    join_readers(loads, N);
    assert_true(loads[3].n_taken < N); // it was too slow for all of them
}

static void lockstep_gives_every_frame_to_every_reader(void **state)
{
    enum { N = 300 };
    struct cap_slot *slot = *state;
    struct load loads[CAP_READERS];
    start_readers(loads, slot);
    for (int i = 1; i <= N; i++) {
        publish(slot, i);
        while (!cap_slot_wait_taken(slot, 5))
            ;
    }
    join_readers(loads, N);
    for (int i = 0; i < CAP_READERS; i++)
        assert_int_equal(loads[i].n_taken, N);
}

static void destroying_nothing_is_fine(void **state)
{
    (void)state;
    cap_slot_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(latest_wins_and_is_seen_once, slot_make, slot_remove),
        cmocka_unit_test_setup_teardown(a_reader_starts_with_the_next_frame, slot_make,
                                        slot_remove),
        cmocka_unit_test_setup_teardown(readers_are_limited_and_reused, slot_make, slot_remove),
        cmocka_unit_test_setup_teardown(the_writer_never_lacks_a_buffer, slot_make, slot_remove),
        cmocka_unit_test_setup_teardown(a_greedy_reader_gets_no_buffer_overwritten, slot_make,
                                        slot_remove),
        cmocka_unit_test_setup_teardown(begin_gives_the_same_buffer_until_published, slot_make,
                                        slot_remove),
        cmocka_unit_test_setup_teardown(waits_end_in_time, slot_make, slot_remove),
        cmocka_unit_test_setup_teardown(closing_wakes_all, slot_make, slot_remove),
        cmocka_unit_test_setup_teardown(free_running_readers_see_whole_frames, slot_make,
                                        slot_remove),
        cmocka_unit_test_setup_teardown(lockstep_gives_every_frame_to_every_reader, slot_make,
                                        slot_remove),
        cmocka_unit_test(destroying_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

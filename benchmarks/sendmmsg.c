/* Sends ARP requests with sendmmsg as fast as the kernel takes them, and prints the seconds: what a C program reaches.
 * sendmmsg INTERFACE COUNT. Sends to whatever wire it stands on, so it is started inside a private namespace only. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 256, LENGTH = 42 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    static uint8_t frames[BATCH][LENGTH];
    static struct iovec pieces[BATCH];
    static struct mmsghdr messages[BATCH];
    static const uint8_t head[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0xca, 0, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1,
                                   2,    0,    0,    0,    0xca, 0};
    int wire = socket(AF_PACKET, SOCK_RAW, 0), space = 1 << 20;
    struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1])};
    if (wire < 0 || bind(wire, (struct sockaddr *)&place, sizeof place)) { perror(argv[1]); return 1; }
    setsockopt(wire, SOL_SOCKET, SO_SNDBUFFORCE, &space, sizeof space);
    for (int i = 0; i < BATCH; i++) {
        memcpy(frames[i], head, sizeof head);
        pieces[i] = (struct iovec){frames[i], LENGTH};
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    long count = atol(argv[2]), sent = 0;
    uint32_t address = 0x0a400000;
    double begun = now();
    while (sent < count) {
        for (int i = 0; i < BATCH; i++) {
            uint32_t next = htonl(address++);
            memcpy(frames[i] + 38, &next, 4);
        }
        int took = sendmmsg(wire, messages, BATCH, 0);
        if (took < 0) { perror("sendmmsg"); return 1; }
        sent += took;
    }
    printf("{\"frames\": %ld, \"seconds\": %.6f}\n", sent, now() - begun);
    return 0;
}

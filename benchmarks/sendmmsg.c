/* Sends ARP requests with sendmmsg as fast as the kernel takes them, and prints the seconds: what a C program reaches.
 * sendmmsg INTERFACE COUNT FRAME, the last in hexadecimal up to the asked address: whoever gets a frame works for it in
 * our time, and how much depends on what it says. Sends to whatever wire it stands on, so it is started inside a private
 * namespace only. */

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

enum { BATCH = 256, LENGTH = 42, HEAD = 38 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc != 4 || strlen(argv[3]) != 2 * HEAD) return 2;
    static uint8_t frames[BATCH][LENGTH];
    static struct iovec pieces[BATCH];
    static struct mmsghdr messages[BATCH];
    static uint8_t head[HEAD];
    for (unsigned i = 0, byte; i < HEAD; i++) {
        if (sscanf(argv[3] + 2 * i, "%2x", &byte) != 1) return 2;
        head[i] = (uint8_t)byte;
    }
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
            memcpy(frames[i] + HEAD, &next, 4);
        }
        int took = sendmmsg(wire, messages, BATCH, 0);
        if (took < 0) { perror("sendmmsg"); return 1; }
        sent += took;
    }
    printf("{\"frames\": %ld, \"seconds\": %.6f}\n", sent, now() - begun);
    return 0;
}


/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_stage.h"


#define E  (1 << TENDER_ENQUIRIES)
#define T  (1 << TENDER_TENDERING)
#define A  (1 << TENDER_AUCTION)
#define Q  (1 << TENDER_QUALIFICATION)
#define W  (1 << TENDER_AWARDED)


typedef struct {
    tender_str_t   words;
    unsigned       gated;        /* the stages that let it happen */
    unsigned       open;         /* the same without a time gate */
} tender_act_t;


const tender_str_t  tender_stages[] = {
    tender_string("active.enquiries"),
    tender_string("active.tendering"),
    tender_string("active.auction"),
    tender_string("active.qualification"),
    tender_string("active.awarded"),
    tender_string("complete"),
    tender_string("unsuccessful"),
    tender_string("cancelled"),
    tender_null_string
};


/* in the order of tender_act_e */

static const tender_act_t  tender_acts[] = {
    { tender_string("update tender"), E, E|T },
    { tender_string("cancel tender"), E|T|A|Q|W, E|T|A|Q|W },
    { tender_string("complete tender"), W, W },
    { tender_string("add bid"), T, T },
    { tender_string("update bid"), T, T },
    { tender_string("delete bid"), T, T },
    { tender_string("update bid"), Q, T|Q },
    { tender_string("create award"), Q, T|Q },
    { tender_string("update award"), Q, T|Q },
    { tender_string("get auction info"), A, ~0u },
    { tender_string("report auction results"), A, T },
    { tender_string("add document"), E, E|T|Q|W },
    { tender_string("update document"), E, E|T|Q|W },
    { tender_string("add document"), T|Q, T|Q },
    { tender_string("update document"), T|Q, T|Q },
    { tender_string("add document"), Q, T|Q|W },
    { tender_string("update document"), Q, T|Q|W },
    { tender_string("add document"), A|Q, E|T|Q|W },
    { tender_string("view bids"), 0, 0 },
    { tender_string("view bid"), 0, 0 },
    { tender_string("view bid documents"), 0, 0 }
};


int
tender_stage_read(tender_str_t name)
{
    int  i;

    for (i = 0; i < TENDER_STAGES; i++) {
        if (tender_str_eq(&tender_stages[i], &name)) {
            return i;
        }
    }

    return -1;
}


tender_stage_e
tender_stage_after(unsigned noffers)
{
    switch (noffers) {

    case 0:
        return TENDER_UNSUCCESSFUL;

    case 1:
        return TENDER_QUALIFICATION;

    default:
        return TENDER_AUCTION;
    }
}


int
tender_stage_lets(tender_act_e act, int stage, int gated)
{
    unsigned  stages;

    stages = gated ? tender_acts[act].gated : tender_acts[act].open;

    return stage >= 0 && (stages & (1u << stage)) != 0;
}


tender_str_t
tender_stage_refusal(tender_mem_t *mem, tender_act_e act, tender_str_t stage)
{
    u_char              *p;
    tender_str_t         text;
    const tender_str_t  *words;

    static const tender_str_t  parts[] = {
        tender_string("Can't "),
        tender_string(" in current ("),
        tender_string(") tender status")
    };

    words = &tender_acts[act].words;

    text.len = parts[0].len + words->len + parts[1].len + stage.len
               + parts[2].len;
    text.data = tender_alloc(mem, text.len);

    if (text.data == NULL) {
        return text;
    }

    p = text.data;

    memcpy(p, parts[0].data, parts[0].len);
    p += parts[0].len;
    memcpy(p, words->data, words->len);
    p += words->len;
    memcpy(p, parts[1].data, parts[1].len);
    p += parts[1].len;
    memcpy(p, stage.data, stage.len);
    p += stage.len;
    memcpy(p, parts[2].data, parts[2].len);

    return text;
}


/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_tables.h"


/* who writes a bid, and who decides about it */

#define TENDER_BY_OFFER                                                       \
    (TENDER_BY_BIDDER|TENDER_BY_ADMIN|TENDER_BY_IMPORT)

#define TENDER_BY_JUDGE                                                       \
    (TENDER_BY_OWNER|TENDER_BY_ADMIN|TENDER_BY_IMPORT)


static const tender_str_t  tender_bid_statuses[] = {
    tender_string("registration"),
    tender_string("validBid"),
    tender_string("invalidBid"),
    tender_null_string
};

static const tender_str_t  tender_award_statuses[] = {
    tender_string("pending"),
    tender_string("active"),
    tender_string("unsuccessful"),
    tender_string("cancelled"),
    tender_null_string
};

static const tender_str_t  tender_document_subjects[] = {
    tender_string("tender"),
    tender_string("item"),
    tender_string("lot"),
    tender_null_string
};

static const tender_str_t  tender_document_types[] = {
    tender_string("tenderNotice"),
    tender_string("awardNotice"),
    tender_string("contractNotice"),
    tender_string("notice"),
    tender_string("biddingDocuments"),
    tender_string("technicalSpecifications"),
    tender_string("evaluationCriteria"),
    tender_string("clarifications"),
    tender_string("shortlistedFirms"),
    tender_string("riskProvisions"),
    tender_string("billOfQuantity"),
    tender_string("bidders"),
    tender_string("conflictOfInterest"),
    tender_string("debarments"),
    tender_string("evaluationReports"),
    tender_string("winningBid"),
    tender_string("complaints"),
    tender_string("contractSigned"),
    tender_string("contractArrangements"),
    tender_string("contractSchedule"),
    tender_string("contractAnnexe"),
    tender_string("contractGuarantees"),
    tender_string("subContract"),
    tender_string("eligibilityCriteria"),
    tender_string("contractProforma"),
    tender_string("commercialProposal"),
    tender_string("qualificationDocuments"),
    tender_string("eligibilityDocuments"),
    tender_string("registerExtract"),
    tender_null_string
};


/* an award that was sent where bids are taken */

#define TENDER_ROGUE_AWARD                                                    \
    tender_string("Rogue field: this is an award, send it to /awards")

static const tender_rogue_t  tender_bid_rogues[] = {
    { tender_string("awardStatus"), TENDER_ROGUE_AWARD },
    { tender_string("awardValue"), TENDER_ROGUE_AWARD },
    { tender_string("awardID"), TENDER_ROGUE_AWARD },
    { tender_string("suppliers"), TENDER_ROGUE_AWARD },
    { tender_string("bid_id"), TENDER_ROGUE_AWARD },
    { tender_null_string, tender_null_string }
};


static const tender_field_t  tender_document_fields[] = {
    tender_field_plain("id", TENDER_FIELD_ID, 0,
        "The key of the document in its path; it stays when a new version "
        "is uploaded."),
    tender_field_text("title", TENDER_BY_ANYONE, TENDER_LINE,
        "Its name: at first that of the file."),
    tender_field_text("description", TENDER_BY_ANYONE, TENDER_PROSE,
        "What it is."),
    tender_field_text("language", TENDER_BY_ANYONE, TENDER_WORD,
        "The language it is written in."),
    tender_field_enum("documentType", TENDER_BY_ANYONE,
        tender_document_types,
        "What kind of document it is."),
    tender_field_enum("documentOf", TENDER_BY_ANYONE,
        tender_document_subjects,
        "What it belongs to."),
    tender_field_text("relatedItem", TENDER_BY_ANYONE, TENDER_WORD,
        "The item or lot it belongs to."),
    tender_field_text("format", 0, TENDER_WORD,
        "The media type, decided from the upload."),
    tender_field_text("url", 0, TENDER_LINK,
        "Where the bytes of this version are downloaded."),
    tender_field_text("hash", 0, TENDER_WORD,
        "SHA-256 of the bytes of this version."),
    tender_field_plain("size", TENDER_FIELD_INT, 0,
        "How many bytes this version has."),
    tender_field_plain("datePublished", TENDER_FIELD_DATE, 0,
        "When the first version was uploaded."),
    tender_field_plain("dateModified", TENDER_FIELD_DATE, 0,
        "When this version was uploaded or last described anew."),
    tender_field_list("previousVersions", 0, tender_model_document, 0,
        "The versions before this one.")
};

const tender_model_t  tender_model_document = {
    .name = "Document",
    .about = "A document that was uploaded: what is known of it. Its bytes "
             "are at `url`.",
    tender_fields(tender_document_fields)
};


static const tender_field_t  tender_parameter_fields[] = {
    tender_field_needed("code", TENDER_BY_OFFER, TENDER_WORD,
        "The code of the feature."),
    tender_field_number("value", TENDER_BY_OFFER,
        "One of the values that the feature has.")
};

const tender_model_t  tender_model_parameter = {
    .name = "Parameter",
    .about = "What a bid offers of a feature of the tender.",
    tender_fields(tender_parameter_fields)
};


static const tender_field_t  tender_bid_fields[] = {
    tender_field_plain("id", TENDER_FIELD_ID, TENDER_BY_IMPORT,
        "The key of the bid in its path."),
    tender_field_enum("status", TENDER_BY_JUDGE, tender_bid_statuses,
        "Whether the bid was found to be valid; `invalidBid` takes no part "
        "in the award."),
    tender_field_plain("date", TENDER_FIELD_DATE, TENDER_BY_IMPORT,
        "When the bid was made; the earlier one wins a tie."),
    tender_field_list("bidders", TENDER_BY_OFFER, tender_model_organization,
        100,
        "Who bids."),
    tender_field_object("totalValue", TENDER_BY_OFFER|TENDER_BY_AUCTION,
        tender_model_bid_value,
        "The price. `currency` and `valueAddedTaxIncluded` are those of the "
        "tender's `totalValue`, also where they are left out."),
    tender_field_list("parameters", TENDER_BY_OFFER, tender_model_parameter,
        TENDER_MAX_FEATURES,
        "One for each feature of the tender."),
    tender_field_list("documents", 0, tender_model_document, 0,
        "Documents that were uploaded, each in its newest version.")
};

const tender_model_t  tender_model_bid = {
    .name = "Bid",
    .about = "A bid.",
    tender_fields(tender_bid_fields),
    .rogues = tender_bid_rogues
};


static const tender_field_t  tender_award_fields[] = {
    tender_field_plain("awardID", TENDER_FIELD_ID, TENDER_BY_IMPORT,
        "The key of the award in its path."),
    tender_field_plain("awardDate", TENDER_FIELD_DATE, TENDER_BY_IMPORT,
        "When the award was made or decided."),
    tender_field_enum("awardStatus", TENDER_BY_JUDGE, tender_award_statuses,
        "What was decided; `pending` where it is left out."),
    tender_field_plain("bid_id", TENDER_FIELD_ID, TENDER_BY_JUDGE,
        "The bid that is awarded or turned down."),
    tender_field_text("title", TENDER_BY_JUDGE, TENDER_LINE,
        "A short reason."),
    tender_field_text("description", TENDER_BY_JUDGE, TENDER_PROSE,
        "The reason, at length."),
    tender_field_object("notice", TENDER_BY_JUDGE, tender_model_notice,
        "The notice that announced the award."),
    tender_field_object("awardValue", TENDER_BY_JUDGE, tender_model_value,
        "The price: of the bid, where it is left out."),
    tender_field_list("suppliers", TENDER_BY_JUDGE,
        tender_model_organization, 100,
        "Who delivers: the bidders, where it is left out."),
    tender_field_list("itemsAwarded", TENDER_BY_JUDGE, tender_model_item,
        1000,
        "What is delivered."),
    tender_field_list("documents", 0, tender_model_document, 0,
        "Documents that were uploaded, each in its newest version.")
};

const tender_model_t  tender_model_award = {
    .name = "Award",
    .about = "The decision about a bid.",
    tender_fields(tender_award_fields)
};


static const tender_field_t  tender_auction_bid_fields[] = {
    tender_field_plain("id", TENDER_FIELD_ID, TENDER_BY_AUCTION,
        "The bid. Results name all bids in any order, or none: then they "
        "come in the order in which the bids are shown."),
    tender_field_plain("date", TENDER_FIELD_DATE, 0,
        "When the bid was made."),
    tender_field_plain("amount", TENDER_FIELD_MONEY, TENDER_BY_AUCTION,
        "The price."),
    tender_field_plain("currency", TENDER_FIELD_CURRENCY, TENDER_BY_AUCTION,
        "ISO 4217 code."),
    tender_field_plain("valueAddedTaxIncluded", TENDER_FIELD_BOOL,
        TENDER_BY_AUCTION,
        "Whether VAT is part of the amount; the auction does not change "
        "it."),
    tender_field_object("totalValue", TENDER_BY_AUCTION,
        tender_model_bid_value,
        "The same as one object."),
    tender_field_link("participationUrl", TENDER_BY_AUCTION,
        "Where the bidder takes part in the auction."),
    tender_field_list("parameters", 0, tender_model_parameter, 0,
        "One for each feature of the tender.")
};

const tender_model_t  tender_model_auction_bid = {
    .name = "AuctionBid",
    .about = "A bid as the auction sees it: without the bidder.",
    tender_fields(tender_auction_bid_fields),
    .check = tender_check_value
};


static const tender_field_t  tender_auction_fields[] = {
    tender_field_plain("modified", TENDER_FIELD_DATE, 0,
        "When the tender last changed."),
    tender_field_text("status", 0, TENDER_WORD,
        "The status of the tender."),
    tender_field_list("bids", TENDER_BY_AUCTION, tender_model_auction_bid,
        1000,
        "The bids; in a report, the prices that they came to."),
    tender_field_object("minimalStep", 0, tender_model_value,
        "The least by which a bid is lowered."),
    tender_field_object("period", 0, tender_model_period,
        "When the auction is held."),
    tender_field_list("features", 0, tender_model_feature, 0,
        "What counts beside the price, if the tender has such.")
};

const tender_model_t  tender_model_auction = {
    .name = "Auction",
    .about = "The auction of a tender.",
    tender_fields(tender_auction_fields)
};
